# /// script
# dependencies = ["ray[rllib]", "torch"]
# ///
"""Two iterations of PPO on CartPole."""
from ray.rllib.algorithms.ppo import PPOConfig

algorithm = (
    PPOConfig()
    .environment("CartPole-v1")
    .env_runners(num_env_runners=1)
    .training(train_batch_size_per_learner=200, minibatch_size=64, num_epochs=1)
    .build_algo()
)
print([algorithm.train()["training_iteration"] for _ in range(2)])
algorithm.stop()
