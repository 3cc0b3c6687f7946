# expect: failed
eval("(" * 10_000 + ")" * 10_000)
