import os

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

plt.plot([1, 4, 9])
plt.savefig("squares.png")
print(os.path.getsize("squares.png") > 1000, matplotlib.get_backend().lower())
plt.close("all")
