"""Count the words of a generated text with Spark."""

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as sql

WORDS = 100_000
TOP = 10
SEED = 7
VOCABULARY = [
    "ray",
    "task",
    "actor",
    "object",
    "store",
    "node",
    "head",
    "worker",
    "driver",
    "batch",
    "data",
    "tune",
]


def make_words(spark: SparkSession) -> DataFrame:
    """A column of words, the earlier ones of the vocabulary more often."""
    place = (sql.pow(sql.rand(SEED), 2.0) * len(VOCABULARY)).cast("int")
    vocabulary = sql.array(*map(sql.lit, VOCABULARY))
    return spark.range(WORDS).select(
        sql.element_at(vocabulary, place + 1).alias("word")
    )


def main() -> None:
    spark = SparkSession.builder.appName("word count").getOrCreate()
    try:
        spark.conf.set("spark.sql.shuffle.partitions", "4")
        counts = (
            make_words(spark).groupBy("word").count().orderBy(sql.desc("count"), "word")
        )
        for row in counts.limit(TOP).collect():
            print(f"{row['word']:<10} {row['count']:>8,}")
        print(f"Result: {counts.agg(sql.sum('count')).first()[0]:,} words")
    finally:
        spark.stop()


if __name__ == "__main__":
    main()
