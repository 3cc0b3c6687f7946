import ray

with ray.init() as context:
    print(type(context).__name__, ray.is_initialized())
print(ray.is_initialized())
