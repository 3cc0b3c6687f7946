print("naïve café — 数据 🚀 \u202etfel\u202c")
print("null \0 bell \a tab\tcr\rline")
print(ascii("é"), "é".encode(), len("👩‍👩‍👧"))
