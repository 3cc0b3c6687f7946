def main():
    print(__name__, main.__module__)


if __name__ == "__main__":
    main()
