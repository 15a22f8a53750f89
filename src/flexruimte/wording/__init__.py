"""What people read, in Dutch and English: labels, findings, explanations."""
