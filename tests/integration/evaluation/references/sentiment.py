# /// script
# dependencies = ["vaderSentiment"]
# ///
import ray
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

ray.init()


class Scores:
    def __init__(self):
        self.analyzer = SentimentIntensityAnalyzer()

    def __call__(self, batch):
        scores = [self.analyzer.polarity_scores(text)["compound"] for text in batch["text"]]
        return {"positive": [score > 0 for score in scores]}


rows = ray.data.read_text("reviews.txt").map_batches(Scores, concurrency=1).take_all()
print("positive:", sum(row["positive"] for row in rows))
print("negative:", sum(not row["positive"] for row in rows))
