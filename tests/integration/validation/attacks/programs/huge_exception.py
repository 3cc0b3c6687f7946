# expect: failed output_limit
raise ValueError("x" * 50_000_000)
