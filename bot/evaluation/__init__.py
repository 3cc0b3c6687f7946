"""The evaluation: prompts with machine checks of what came of them, run through the whole pipeline."""
