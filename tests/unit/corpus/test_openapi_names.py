import pytest

from agentscaler.corpus.openapi_names import OperationNames


def name(operation_id: str, request: str = "GET /things", *tags: str, service: str = "shop") -> str:
    method, path = request.split()
    return OperationNames(service).name(operation_id, method.lower(), path, tags)


@pytest.mark.parametrize(
    ("operation_id", "request_line"),
    [
        ("listPets", "GET /pets"),
        ("CreateContactFlow", "POST /flows"),
        ("find_pets_by_status", "GET /pets/findByStatus"),
        ("searchStickers", "GET /stickers/search"),
        ("upsellAirOffers", "POST /offers/upselling"),
    ],
)
def test_an_id_that_reads_as_verb_and_noun_is_kept_as_spelled(
    operation_id: str, request_line: str
) -> None:
    assert name(operation_id, request_line) == operation_id


@pytest.mark.parametrize(
    ("operation_id", "request_line", "expected"),
    [
        ("repos/create-for-org", "POST /orgs/{org}/repos", "createRepo"),
        ("pulls/update-branch", "PUT /pulls/{n}/update-branch", "updateBranch"),
        ("PetController_findPets", "GET /pets", "findPets"),
        ("VirtualMachines_Delete", "DELETE /vms/{name}", "DeleteVirtualMachine"),
        ("Assets_CreateOrUpdate", "PUT /assets/{name}", "createAsset"),
        ("users_getAll", "GET /users", "getUsers"),
        ("deletePetById", "DELETE /pets/{petId}", "deletePet"),
        ("getPetUsingGET_1", "GET /pets/{id}", "getPet"),
        ("trendingGifs", "GET /gifs/hot", "getTrendingGifs"),
        ("issueCreateComment", "POST /issues/{n}/remarks", "createComment"),
        ("postPaymentDetails", "POST /payments/more", "createPaymentDetails"),
        ("Fetch", "POST /vectors/fetch", "fetchVector"),
        ("getSSHKeysList", "GET /ssh-keys", "listSshKeys"),
    ],
)
def test_an_id_in_another_form_is_turned_round(
    operation_id: str, request_line: str, expected: str
) -> None:
    assert name(operation_id, request_line).lower() == expected.lower()


@pytest.mark.parametrize(
    ("operation_id", "request_line", "expected"),
    [
        ("", "GET /pets", "listPets"),
        ("", "GET /pets/{petId}", "getPet"),
        ("", "POST /v2/pets", "createPet"),
        ("", "PUT /pets/{petId}", "updatePet"),
        ("", "DELETE /api/pets/{petId}.json", "deletePet"),
        ("", "HEAD /pets/{petId}", "checkPet"),
        ("", "POST /boxes/{id}/close", "closeBox"),
        ("", "GET /search/repos", "searchRepos"),
        ("", "GET /", "getResource"),
        ("pets_list", "GET /pets/", "listPets"),
        ("getUsersUserIdPets", "GET /users/{userId}/pets", "listPets"),
        ("putV3UsersId", "PUT /v3/users/{id}", "updateUser"),
        ("read_items_items__item_id__get", "GET /items/{item_id}", "readItems"),
        ("get-/hooks/{id}_getAll", "GET /hooks/{id}", "getHook"),
    ],
)
def test_an_id_that_says_nothing_gives_way_to_method_and_path(
    operation_id: str, request_line: str, expected: str
) -> None:
    made = name(operation_id, request_line)
    assert made.lower().replace("_", "") == expected.lower()


@pytest.mark.parametrize(
    ("operation_id", "expected"),
    [
        ("compute.instances.list", "instances.list"),
        ("users.calendars.ListEvents", "users.calendars.events.list"),
        ("projects.clusters.listClusters", "projects.clusters.list"),
    ],
)
def test_a_dotted_id_stays_a_resource_path_with_its_method_last(
    operation_id: str, expected: str
) -> None:
    assert name(operation_id, "GET /x/{y}/z", service="compute") == expected


def test_a_tag_before_the_id_is_left_out() -> None:
    assert name("usersListUsers", "GET /users", "users") == "listUsers"
    assert name("appTypes-get_collection", "GET /v1/appTypes", "AppTypes") == "listAppTypes"


def test_names_of_a_service_differ_and_say_whose_a_thing_is_where_they_must() -> None:
    names = OperationNames("shop")
    made = [
        names.name("", method, path)
        for method, path in [
            ("get", "/pets"),
            ("get", "/users/{userId}/pets"),
            ("get", "/shops/{shopId}/users/{userId}/pets"),
            ("put", "/pets/{petId}"),
            ("patch", "/pets/{petId}"),
        ]
    ]
    assert made == ["listPets", "listUserPets", "listShopUserPets", "updatePet", "patchPet"]


def test_even_equal_operations_get_different_names() -> None:
    names = OperationNames("shop")
    made = [names.name("listPets", "get", "/pets") for _ in range(4)]
    assert len({one.lower() for one in made}) == 4
