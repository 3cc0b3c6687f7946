"""The tools as the older system's gateway names them."""

VALIDATION = "ray-code-validation-inline___validate_ray_code"
SNIPPETS = "python-executor-inline___run_python"
