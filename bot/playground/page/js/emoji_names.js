// Emoji shortcodes and their characters.

const TABLE = `
grinning 😀|smiley 😃|smile 😄|grin 😁|laughing 😆|sweat_smile 😅|joy 😂|rofl 🤣|slightly_smiling_face 🙂|upside_down_face 🙃
wink 😉|blush 😊|innocent 😇|heart_eyes 😍|star-struck 🤩|kissing_heart 😘|yum 😋|stuck_out_tongue 😛|thinking_face 🤔|zipper_mouth_face 🤐
neutral_face 😐|expressionless 😑|smirk 😏|unamused 😒|face_with_rolling_eyes 🙄|grimacing 😬|relieved 😌|pensive 😔|sleeping 😴|mask 😷
dizzy_face 😵|exploding_head 🤯|sunglasses 😎|nerd_face 🤓|confused 😕|worried 😟|slightly_frowning_face 🙁|open_mouth 😮|astonished 😲|flushed 😳
cry 😢|sob 😭|scream 😱|sweat 😓|tired_face 😫|triumph 😤|rage 😡|angry 😠|skull 💀|ghost 👻|alien 👽|robot_face 🤖|partying_face 🥳|saluting_face 🫡
wave 👋|raised_hand ✋|ok_hand 👌|v ✌️|crossed_fingers 🤞|point_left 👈|point_right 👉|point_up ☝️|point_down 👇|+1 👍|-1 👎|fist ✊|clap 👏
raised_hands 🙌|pray 🙏|muscle 💪|eyes 👀|brain 🧠|heart ❤️|orange_heart 🧡|yellow_heart 💛|green_heart 💚|blue_heart 💙|purple_heart 💜|broken_heart 💔
100 💯|boom 💥|dizzy 💫|sweat_drops 💦|zzz 💤|speech_balloon 💬|thought_balloon 💭|white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌
negative_squared_cross_mark ❎|heavy_plus_sign ➕|heavy_minus_sign ➖|heavy_multiplication_x ✖️|question ❓|grey_question ❔|exclamation ❗|grey_exclamation ❕
warning ⚠️|no_entry ⛔|no_entry_sign 🚫|octagonal_sign 🛑|black_square_for_stop ⏹️|arrow_forward ▶️|double_vertical_bar ⏸️|fast_forward ⏩|rewind ⏪
hourglass ⌛|hourglass_flowing_sand ⏳|stopwatch ⏱️|alarm_clock ⏰|clock1 🕐|clock3 🕒|watch ⌚|calendar 📅|date 📅
rocket 🚀|tada 🎉|confetti_ball 🎊|sparkles ✨|star ⭐|star2 🌟|fire 🔥|zap ⚡|rainbow 🌈|sunny ☀️|cloud ☁️|snowflake ❄️|ocean 🌊|earth_africa 🌍|seedling 🌱
herb 🌿|four_leaf_clover 🍀|evergreen_tree 🌲|cactus 🌵|snake 🐍|bug 🐛|bee 🐝|turtle 🐢|whale 🐳|octopus 🐙|unicorn_face 🦄|dog 🐶|cat 🐱|panda_face 🐼|penguin 🐧|crab 🦀
bulb 💡|mag 🔍|mag_right 🔎|lock 🔒|unlock 🔓|key 🔑|shield 🛡️|hammer 🔨|wrench 🔧|hammer_and_wrench 🛠️|gear ⚙️|nut_and_bolt 🔩|toolbox 🧰|test_tube 🧪|microscope 🔬|telescope 🔭
link 🔗|paperclip 📎|wastebasket 🗑️|pushpin 📌|round_pushpin 📍|bookmark 🔖|memo 📝|pencil 📝|pencil2 ✏️|page_facing_up 📄|page_with_curl 📃|clipboard 📋|file_folder 📁|open_file_folder 📂
package 📦|inbox_tray 📥|outbox_tray 📤|mailbox 📫|email ✉️|bar_chart 📊|chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|abacus 🧮|books 📚|book 📖|newspaper 📰
computer 💻|desktop_computer 🖥️|keyboard ⌨️|floppy_disk 💾|cd 💿|electric_plug 🔌|battery 🔋|satellite_antenna 📡|bell 🔔|no_bell 🔕|mega 📣|loudspeaker 📢
information_source ℹ️|repeat 🔁|arrows_counterclockwise 🔄|arrow_right ➡️|arrow_left ⬅️|arrow_up ⬆️|arrow_down ⬇️|leftwards_arrow_with_hook ↩️|infinity ♾️|recycle ♻️
red_circle 🔴|large_red_circle 🔴|large_orange_circle 🟠|large_yellow_circle 🟡|large_green_circle 🟢|large_blue_circle 🔵|large_blue_circle 🔵|large_purple_circle 🟣
white_circle ⚪|black_circle ⚫|large_green_square 🟩|large_red_square 🟥|large_yellow_square 🟨|white_large_square ⬜|black_large_square ⬛|small_blue_diamond 🔹|small_orange_diamond 🔸
checkered_flag 🏁|triangular_flag_on_post 🚩|trophy 🏆|medal 🏅|dart 🎯|game_die 🎲|jigsaw 🧩|art 🎨|musical_note 🎵|gift 🎁|balloon 🎈|coffee ☕|tea 🍵|pizza 🍕|cookie 🍪|cake 🍰|beer 🍺|popcorn 🍿|pie 🥧
construction 🚧|rotating_light 🚨|traffic_light 🚦|vertical_traffic_light 🚦|car 🚗|airplane ✈️|house 🏠|office 🏢|moneybag 💰|credit_card 💳|shrug 🤷|facepalm 🤦|technologist 🧑‍💻|busts_in_silhouette 👥|bust_in_silhouette 👤
one 1️⃣|two 2️⃣|three 3️⃣|four 4️⃣|five 5️⃣|six 6️⃣|seven 7️⃣|eight 8️⃣|nine 9️⃣|zero 0️⃣
`;

export const CHARACTERS = new Map(
  TABLE.trim().split(/[|\n]/).map((entry) => entry.split(" ")),
);

export const ALIASES = new Map([
  ["thumbsup", "+1"], ["thumbsdown", "-1"], ["thinking", "thinking_face"], ["robot", "robot_face"], ["stop_sign", "octagonal_sign"],
  ["heavy_exclamation_mark", "exclamation"], ["red_heart", "heart"], ["collision", "boom"], ["lightbulb", "bulb"],
  ["green_circle", "large_green_circle"], ["yellow_circle", "large_yellow_circle"], ["tick", "white_check_mark"],
  ["cross_mark", "x"], ["stop_button", "black_square_for_stop"], ["play", "arrow_forward"], ["envelope", "email"],
  ["tools", "hammer_and_wrench"], ["cross", "x"], ["satisfied", "laughing"], ["pencil3", "pencil2"], ["information", "information_source"],
]);
