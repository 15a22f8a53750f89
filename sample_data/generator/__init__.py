"""Generator of the fictional sample municipalities, one module per step."""
