# /// script
# dependencies = ["duckdb"]
# ///
import duckdb
import ray

ray.init()


@ray.remote
def query():
    words = "select country, avg(amount) from 'orders.csv' group by country order by 2 desc"
    return duckdb.sql(words).fetchall()


for country, mean in ray.get(query.remote()):
    print(country, mean)
