"""Execute the chapters headless: schedule, one worker process each, what is finished."""
