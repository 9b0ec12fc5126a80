"""Small API descriptions in the forms that the readers know, written to a temporary folder."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Document = dict[str, Any]


@pytest.fixture
def library_model() -> Document:
    """A service model in botocore's form: a lending library."""
    return {
        "metadata": {"serviceFullName": "City Library", "protocol": "rest-json"},
        "operations": {
            "CreateLoan": {
                "name": "CreateLoan",
                "http": {"method": "POST", "requestUri": "/books/{bookId}/loans"},
                "input": {"shape": "CreateLoanRequest"},
                "output": {"shape": "CreateLoanResponse"},
                "documentation": "<p>Lends a book to a <code>member</code>.</p><p>Once.</p>",
            },
            "GetLoan": {
                "name": "GetLoan",
                "http": {"method": "GET", "requestUri": "/loans/{loanId}"},
                "input": {"shape": "GetLoanRequest"},
                "output": {"shape": "Loan"},
                "documentation": "<p>Returns one loan with its book.</p>",
                "readonly": True,
            },
            "ListShelves": {
                "name": "ListShelves",
                "http": {"method": "GET", "requestUri": "/shelves"},
                "documentation": "<p>Lists the shelves of the library.</p>",
            },
            "ScanCard": {
                "name": "ScanCard",
                "http": {"method": "POST", "requestUri": "/cards"},
                "documentation": "<p>Reads a paper card.</p>",
                "deprecated": True,
                "deprecatedMessage": "There are no paper cards any more.",
            },
        },
        "shapes": {
            "CreateLoanRequest": {
                "type": "structure",
                "required": ["bookId", "memberId", "clientToken"],
                "members": {
                    "bookId": {"shape": "BookId", "location": "uri", "locationName": "bookId"},
                    "memberId": {"shape": "MemberId", "documentation": "<p>Who borrows.</p>"},
                    "renewals": {"shape": "Count", "location": "querystring"},
                    "queryExecutionId": {"shape": "Text", "idempotencyToken": True},
                    "clientToken": {"shape": "Text", "idempotencyToken": True},
                    "oldShelf": {"shape": "Text", "deprecated": True},
                },
            },
            "CreateLoanResponse": {
                "type": "structure",
                "members": {
                    "loan": {"shape": "Loan"},
                    "statusCode": {"shape": "Count", "location": "statusCode"},
                    "nextToken": {"shape": "Text"},
                },
            },
            "GetLoanRequest": {
                "type": "structure",
                "required": ["loanId"],
                "members": {"loanId": {"shape": "Text", "location": "uri"}},
            },
            "Loan": {
                "type": "structure",
                "members": {
                    "loanId": {"shape": "Text"},
                    "state": {"shape": "LoanState"},
                    "dueAt": {"shape": "Time"},
                    "tags": {"shape": "TagMap"},
                    "previous": {"shape": "LoanList"},
                },
            },
            "LoanList": {"type": "list", "member": {"shape": "Loan"}},
            "LoanState": {"type": "string", "enum": ["OPEN", "RETURNED", "LOST"]},
            "TagMap": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Text"}},
            "BookId": {"type": "string"},
            "MemberId": {"type": "string"},
            "Text": {"type": "string"},
            "Count": {"type": "integer"},
            "Time": {"type": "timestamp"},
        },
    }


@pytest.fixture
def write_model(tmp_path: Path) -> Callable[..., Path]:
    """Writes a service model the way botocore lays it out; returns the data folder."""

    def write(model: Document, service: str = "library", version: str = "2020-01-01") -> Path:
        path = tmp_path / "data" / service / version / "service-2.json.gz"
        path.parent.mkdir(parents=True)
        path.write_bytes(gzip.compress(json.dumps(model).encode()))
        return tmp_path / "data"

    return write


@pytest.fixture
def garden_document() -> Document:
    """A discovery document: gardens with beds."""
    return {
        "kind": "discovery#restDescription",
        "name": "garden",
        "version": "v1",
        "title": "Garden API",
        "parameters": {"alt": {"type": "string", "location": "query"}},
        "schemas": {
            "Bed": {
                "id": "Bed",
                "type": "object",
                "properties": {
                    "name": {"type": "string", "description": "Output only. The bed's name."},
                    "crop": {"type": "string", "description": "Required. What grows here."},
                    "area": {"type": "number"},
                    "createTime": {"type": "string", "readOnly": True},
                    "kind": {"type": "string", "default": "garden#bed"},
                    "soil": {
                        "type": "string",
                        "enum": ["SOIL_UNSPECIFIED", "CLAY", "SAND"],
                    },
                    "neighbour": {"$ref": "Bed"},
                },
            },
            "ListBedsResponse": {
                "type": "object",
                "properties": {
                    "beds": {"type": "array", "items": {"$ref": "Bed"}},
                    "nextPageToken": {"type": "string"},
                },
            },
            "Empty": {"type": "object", "properties": {}},
        },
        "resources": {
            "gardens": {
                "methods": {
                    "water": {
                        "id": "garden.gardens.water",
                        "httpMethod": "POST",
                        "path": "v1/{+name}:water",
                        "flatPath": "v1/gardens/{gardensId}:water",
                        "description": "Waters a garden.",
                        "parameters": {
                            "name": {"type": "string", "location": "path", "required": True}
                        },
                        "response": {"$ref": "Empty"},
                    }
                },
                "resources": {
                    "beds": {
                        "methods": {
                            "list": {
                                "id": "garden.gardens.beds.list",
                                "httpMethod": "GET",
                                "path": "v1/{+parent}/beds",
                                "description": "Lists the beds of a garden.",
                                "parameters": {
                                    "parent": {
                                        "type": "string",
                                        "location": "path",
                                        "required": True,
                                    },
                                    "crops": {
                                        "type": "string",
                                        "location": "query",
                                        "repeated": True,
                                    },
                                    "pageSize": {"type": "integer", "location": "query"},
                                    "pageToken": {"type": "string", "location": "query"},
                                },
                                "response": {"$ref": "ListBedsResponse"},
                            },
                            "create": {
                                "id": "garden.gardens.beds.create",
                                "httpMethod": "POST",
                                "path": "v1/{+parent}/beds",
                                "description": "Lays out a new bed.",
                                "parameters": {
                                    "parent": {
                                        "type": "string",
                                        "location": "path",
                                        "required": True,
                                    }
                                },
                                "request": {"$ref": "Bed"},
                                "response": {"$ref": "Bed"},
                            },
                            "dig": {
                                "id": "garden.gardens.beds.dig",
                                "httpMethod": "POST",
                                "path": "v1/dig",
                                "deprecated": True,
                            },
                        }
                    }
                },
            }
        },
    }


@pytest.fixture
def write_json(tmp_path: Path) -> Callable[[str, Any], Path]:
    """Writes a value as JSON (a text as it is) under a name in the temporary folder."""

    def write(name: str, content: Any) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str) else json.dumps(content)
        path.write_text(text, encoding="utf-8")
        return path

    return write
