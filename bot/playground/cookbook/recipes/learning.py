"""Machine learning: searching, clustering, ranking and training, in numpy on Ray."""

from bot.playground.cookbook.recipe import Knob, Mistake, Recipe
from bot.playground.cookbook.recipes.nouns import ROWS, TASKS

RECIPES = (
    Recipe(
        program="hyperparameter_search",
        purpose="Cross-validates {TRIALS} random candidates of a polynomial ridge regression, one Ray task each, and lists the best.",
        cues=r"\bhyper[- ]?param(?:eter)?s?\b(?: (?:search|tuning|optimi[sz]ation|sweep))?|\b(?:random|grid) search\b|\btune (?:a |the )?model\b|\bcross[- ]?validat\w+",
        example="hyper-parameter search with 30 trials",
        knobs=(
            Knob(
                "TRIALS",
                f"trials?|candidates?|combinations?|configurations?|{TASKS}",
                low=2,
                high=500,
                bare=True,
                size=True,
            ),
            Knob("FOLDS", "folds?|fold", low=2, high=20),
            Knob("ROWS", ROWS, low=100, high=50_000),
        ),
    ),
    Recipe(
        program="kmeans",
        purpose="Finds {CLUSTERS} clusters among {POINTS:,} generated points; {TASKS} Ray tasks share the distances.",
        cues=r"\bk[- ]?means\b(?: clustering)?|\bcluster(?:ing)? (?:\S+ )?(?:points?|data|samples)\b|\bclustering\b",
        example="k-means with 4 clusters",
        knobs=(
            Knob("CLUSTERS", "clusters?|centers?|centres?|centroids?|groups?|k", low=2, high=20, bare=True),
            Knob("POINTS", ROWS, low=100, high=1_000_000, size=True),
            Knob("TASKS", TASKS, high=32),
            Knob("ROUNDS", "rounds?|iterations?", high=100),
        ),
        mistake=Mistake(
            right="nearest = distances.argmin(axis=1)",
            wrong="closest = distances.argmin(axis=1)",
            error=r"NameError: .*'nearest' is not defined",
        ),
    ),
    Recipe(
        program="pagerank",
        purpose="Ranks {PAGES:,} generated pages with {LINKS} links each by PageRank; {TASKS} Ray tasks spread the ranks.",
        cues=r"\bpage[- ]?rank\b|\brank (?:the )?(?:web )?pages\b|\blink graph\b",
        example="PageRank over 2000 pages",
        knobs=(
            Knob("PAGES", "pages?|nodes?|sites?|vertices", low=10, high=100_000, bare=True, size=True),
            Knob("LINKS", "links?|edges?", high=50),
            Knob("TASKS", TASKS, high=32),
            Knob("ROUNDS", "rounds?|iterations?", high=200),
            Knob("TOP", "top", high=50),
            Knob("DAMPING", "damping", low=0.0, high=0.99),
        ),
    ),
    Recipe(
        program="neural_net",
        purpose="Trains a neural net with {HIDDEN} hidden units for {EPOCHS} epochs; {WORKERS} actors compute gradients on their data.",
        cues=r"\bneural[- ]?net(?:work)?s?\b|\b(?:data[- ]parallel|distributed) training\b|\btrain(?:s|ing)? (?:a |an |the )?(?:tiny |small |simple )?(?:model|classifier|net\w*)\b|\bparameter server\b|\bgradient descent\b|\bmlp\b",
        example="train a tiny neural net for 300 epochs",
        knobs=(
            Knob("EPOCHS", "epochs?|iterations?|rounds?|steps?", high=2000, bare=True, size=True),
            Knob("WORKERS", "workers?|actors?|replicas?|tasks?", high=4),
            Knob("HIDDEN", "hidden|units?|neurons?", high=256),
            Knob("ROWS", ROWS, low=100, high=50_000),
            Knob("LEARNING_RATE", "learning|rate", low=0.0001, high=2.0),
        ),
    ),
)
