class _Info:
    domains = ("shop", "bazaar")
    task_sets = ("shop", "bazaar")


class _Registry:
    def get_info(self) -> _Info:
        return _Info()


registry = _Registry()
