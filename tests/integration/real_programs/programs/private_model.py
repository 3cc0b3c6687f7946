# /// script
# dependencies = ["acme-sentiment"]
# ///
"""Scores texts with a small model that a private package ships as a file of weights."""
import ray


@ray.remote
class Scorer:
    def __init__(self):
        import acme_sentiment

        self.model = acme_sentiment.load()

    def score(self, text):
        return sum(self.model.get(word, 0) for word in text.split())


ray.init()
scorers = [Scorer.remote() for _ in range(2)]
texts = ["good service", "bad food", "good good bad"]
print(ray.get([scorers[n % 2].score.remote(text) for n, text in enumerate(texts)]))
