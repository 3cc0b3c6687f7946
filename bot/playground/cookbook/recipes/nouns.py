"""Words that mean the same constant in many recipes."""

TASKS = "tasks?|jobs?|workers?|processes|parallel|ways?|parts?|pieces?"
ROWS = "rows?|records?|lines?|points?|samples?|examples?|entries|orders?"
