// A compact tokenizer for Python, good enough to read by, and one for diffs; they give [kind, text] pairs that join to the source.

const KEYWORDS = new Set(
  (
    "and as assert async await break class continue def del elif else except finally for from global if import in is " +
    "lambda nonlocal not or pass raise return try while with yield match case"
  ).split(" "),
);
const CONSTANTS = new Set("True False None self cls NotImplemented Ellipsis __name__".split(" "));
const BUILTINS = new Set(
  (
    "abs all any bool bytes callable chr dict dir divmod enumerate filter float format frozenset getattr hasattr hash hex id input " +
    "int isinstance issubclass iter len list map max min next object open ord pow print property range repr reversed round set " +
    "setattr slice sorted staticmethod classmethod str sum super tuple type vars zip Exception ValueError TypeError KeyError " +
    "IndexError RuntimeError StopIteration OSError"
  ).split(" "),
);

const STRING = String.raw`[rRbBuUfFtT]{0,2}(?:"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:\\[\s\S]|[^"\\\n])*"?|'(?:\\[\s\S]|[^'\\\n])*'?)`;
const TOKEN = new RegExp(
  [
    String.raw`(?<comment>#[^\n]*)`,
    `(?<string>${STRING})`,
    String.raw`(?<decorator>(?<=^[ \t]*)@[\w.]+)`,
    String.raw`(?<number>\b(?:0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|\d[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?\d+)?j?)\b\.?)`,
    String.raw`(?<word>[A-Za-z_]\w*)`,
    String.raw`(?<operator>[-+*/%@&|^~<>=!:]+)`,
  ].join("|"),
  "gm",
);

export function python(source) {
  const tokens = [];
  let last = 0;
  let before = "";
  for (const match of source.matchAll(TOKEN)) {
    if (match.index > last) tokens.push(["", source.slice(last, match.index)]);
    last = match.index + match[0].length;
    tokens.push([kindOf(match.groups, source, last, before), match[0]]);
    before = match.groups.word ?? (match[0].trim() ? "" : before);
  }
  if (last < source.length) tokens.push(["", source.slice(last)]);
  return tokens;
}

// Whole lines: their signs say the same as their colours.
const LINES = [
  [/^(?:---|\+\+\+) /, "comment"],
  [/^@@/, "decorator"],
  [/^\+/, "added"],
  [/^-/, "removed"],
];

export const diff = (source) =>
  source
    .split(/(?<=\n)/)
    .map((line) => [LINES.find(([sign]) => sign.test(line))?.[1] ?? "", line]);

function kindOf(groups, source, end, before) {
  if (groups.comment) return "comment";
  if (groups.string) return "string";
  if (groups.decorator) return "decorator";
  if (groups.number) return "number";
  if (groups.operator) return "operator";
  const { word } = groups;
  if (before === "def" || before === "class") return "definition";
  if (source[end - word.length - 1] === ".") return source[end] === "(" ? "call" : "";
  if (KEYWORDS.has(word)) return "keyword";
  if (CONSTANTS.has(word)) return "constant";
  if (BUILTINS.has(word)) return "builtin";
  return source[end] === "(" ? "call" : "";
}

const SIGNS = [
  /^\s*(?:import \w[\w., ]*|from [\w.]+ import \w.*)$/m,
  /^\s*(?:async )?def \w+\(.*\).*:\s*$/m,
  /^\s*class \w+.*:\s*$/m,
  /^\s*@ray\.remote/m,
  /^\s*(?:for \w.* in .+|while .+|with .+|if .+):\s*$/m,
  /^\s*print\(.*\)\s*$/m,
];

// Two signs, so that a program's output is not taken for a program.
export const looksLikePython = (source) => SIGNS.filter((sign) => sign.test(source)).length >= 2;
