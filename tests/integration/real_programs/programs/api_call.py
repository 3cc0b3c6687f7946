"""Calls a web service for each item."""
import ray
import requests

ray.init()


@ray.remote
def rate(currency):
    return requests.get(f"https://api.example.com/rates/{currency}", timeout=5).json()["rate"]


print(ray.get([rate.remote(each) for each in ("eur", "usd")]))
