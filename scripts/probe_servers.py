"""Ends well when a PostgreSQL and a Redis server answer at the two addresses given."""

import sys

import psycopg
import redis


def main(database: str, broker: str) -> int:
    """0 when both answer, 1 with the reason when one does not."""
    try:
        psycopg.connect(database, dbname="postgres", connect_timeout=3).close()
        redis.Redis.from_url(broker, socket_connect_timeout=3).ping()
    except (psycopg.OperationalError, redis.RedisError) as error:
        print(f"-> {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
