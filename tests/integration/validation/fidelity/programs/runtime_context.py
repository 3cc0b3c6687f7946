import ray


@ray.remote
def look():
    context = ray.get_runtime_context()
    return (
        context.get_task_name(),
        context.get_assigned_resources(),
        context.get_actor_id(),
    )


print(ray.get(look.remote()))
print(ray.get(look.options(name="custom").remote())[0], len(ray.nodes()))
