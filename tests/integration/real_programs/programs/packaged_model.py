# /// script
# dependencies = ["py3langid"]
# ///
"""Batch inference with a small model that its package ships: which language is a text?"""
import ray


class Language:
    def __init__(self):
        import py3langid

        self.identify = py3langid.classify

    def __call__(self, batch):
        batch["language"] = [self.identify(text)[0] for text in batch["text"]]
        return batch


TEXTS = ["The weather is fine today.", "Heute ist das Wetter schön.", "Il fait beau aujourd'hui."]
rows = ray.data.from_items([{"text": TEXTS[n % 3]} for n in range(300)])
counted = rows.map_batches(Language, concurrency=2, batch_size=50).groupby("language").count()
print(sorted((row["language"], row["count()"]) for row in counted.take_all()))
