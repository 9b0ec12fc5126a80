import pytest

from agentscaler.corpus.noise import NoiseCategory, is_noise, noise_category


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("NextToken", NoiseCategory.PAGINATION),
        ("next_page_token", NoiseCategory.PAGINATION),
        ("maxResults", NoiseCategory.PAGE_SIZE),
        ("clientRequestToken", NoiseCategory.IDEMPOTENCY),
        ("updateMask", NoiseCategory.FIELD_MASK),
        ("requestId", NoiseCategory.REQUEST_ID),
        ("$.xgafv", NoiseCategory.CLIENT),
        ("DryRun", NoiseCategory.DRY_RUN),
        ("etag", NoiseCategory.CONCURRENCY),
        ("selfLink", NoiseCategory.TYPE_TAG),
        ("X-Amz-Date", NoiseCategory.HEADER),
        ("ResponseMetadata", NoiseCategory.METADATA),
    ],
)
def test_transport_names_have_a_category(name: str, category: NoiseCategory) -> None:
    assert noise_category(name) is category


@pytest.mark.parametrize(
    "name", ["Key", "class", "db", "token", "requestType", "orderId", "limits"]
)
def test_names_with_meaning_are_not_noise(name: str) -> None:
    assert not is_noise(name)


def test_an_object_is_not_noise_whatever_its_name() -> None:
    assert is_noise("fields", {"type": "string"})
    assert not is_noise("fields", {"type": "object"})


def test_a_kind_that_lists_its_values_is_not_noise() -> None:
    assert is_noise("kind", {"type": "string"})
    assert not is_noise("kind", {"type": "string", "enum": ["CAR", "BIKE"]})
