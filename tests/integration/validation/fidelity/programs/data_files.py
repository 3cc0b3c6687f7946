import pathlib
import tempfile

import ray

with tempfile.TemporaryDirectory() as folder:
    people = ray.data.from_items(
        [{"name": name, "age": age} for age, name in enumerate("abcd", 20)]
    )
    people.write_parquet(f"{folder}/parquet")
    back = ray.data.read_parquet(f"{folder}/parquet").select_columns(["age"])
    print(back.count(), back.max("age"), back.schema().names)
    pathlib.Path(f"{folder}/cities.csv").write_text("city,people\nBern,134\nUri,37\n")
    print(ray.data.read_csv(f"{folder}/cities.csv").sort("people").take_all())
