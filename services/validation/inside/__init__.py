"""What runs inside a sealed sandbox: process 1, which starts a small Ray and forks its workers and the drivers."""
