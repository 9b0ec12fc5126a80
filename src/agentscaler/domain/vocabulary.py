"""Word lists of our own, from which names, titles and sentences of initial states are made."""

__all__ = [
    "ADJECTIVES",
    "CATEGORIES",
    "DEPARTMENTS",
    "ENGINES",
    "LANGUAGES",
    "MACHINE_TYPES",
    "MEDIA_TYPES",
    "PLACES",
    "REASONS",
    "REGIONS",
    "RUNTIMES",
    "SCHEDULES",
    "SENTENCES",
    "TIME_ZONES",
    "TOPICS",
    "TROUBLES",
]

TOPICS = (
    "billing", "checkout", "inventory", "payroll", "onboarding", "returns", "loyalty", "shipping",
    "catalog", "pricing", "fraud", "search", "analytics", "reporting", "archive", "backup",
    "helpdesk", "recruiting", "training", "warehouse", "fleet", "booking", "refunds", "invoices",
    "audit", "compliance", "marketing", "newsletter", "survey", "feedback", "partner", "supplier",
    "customer", "subscription", "renewal", "claims", "dispatch", "telemetry", "forecast", "media",
    "gallery", "library", "clinic", "campus", "festival", "museum", "garden", "bakery", "harbor",
    "orchard", "studio", "travel", "weather", "energy", "solar", "transit", "parking", "kitchen",
    "payments", "identity", "portal", "mobile", "website", "research", "genomics", "imaging",
)  # fmt: skip

ADJECTIVES = (
    "nightly", "weekly", "regional", "northern", "southern", "central", "coastal", "primary",
    "secondary", "legacy", "pilot", "internal", "public", "seasonal", "spring", "summer", "autumn",
    "winter", "express", "standard", "premium", "global", "local", "shared", "main", "early",
    "quarterly", "annual", "daily", "rapid", "quiet", "bright", "blue", "green", "silver", "upper",
    "western", "eastern", "retail", "wholesale",
)  # fmt: skip

DEPARTMENTS = (
    "Finance", "Operations", "Customer Care", "Engineering", "Marketing", "Sales", "Legal",
    "Facilities", "People", "Research", "Logistics", "Security", "Data", "Design", "Procurement",
)  # fmt: skip

PLACES = (
    "Rotterdam", "Porto", "Lyon", "Leeds", "Austin", "Denver", "Osaka", "Nairobi", "Lima",
    "Toronto", "Tallinn", "Bergen", "Kraków", "Seville", "Perth", "Pune", "Hanoi", "Quito",
)  # fmt: skip

SENTENCES = (
    "Serves the {department} team during {season}",
    "Used for {topic} in {place}",
    "Covers {topic} and {topic2} for {department}",
    "Set up for the {place} office",
    "Replaces the old {topic} setup",
    "Handles {topic} requests outside office hours",
    "Shared between {department} and {department2}",
    "Trial run for {topic} before the {season} launch",
    "Keeps {topic} apart from {topic2}",
    "Requested by {department} for {topic} work",
)

REASONS = (
    "No longer needed", "Created by mistake", "Replaced by a newer one", "Budget was cut",
    "Requested by the customer", "Moved to another team", "Policy review", "End of the season",
)  # fmt: skip

TROUBLES = (
    "A quota was exceeded", "Permission was denied", "The request timed out", "The disk was full",
    "A dependency was missing", "The address could not be resolved", "The input was malformed",
)  # fmt: skip

CATEGORIES = (
    "standard", "internal", "external", "basic", "advanced", "custom", "shared", "general",
)  # fmt: skip

REGIONS = (
    "us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-south-1", "sa-east-1",
    "ca-central-1",
)  # fmt: skip

RUNTIMES = ("python3.12", "python3.13", "nodejs20.x", "nodejs22.x", "java21", "ruby3.3", "go1.23")
ENGINES = ("postgres", "mysql", "mariadb", "redis", "aurora-postgresql", "opensearch")
MACHINE_TYPES = ("m5.large", "m6g.xlarge", "c5.large", "r6i.large", "t3.medium", "t4g.small")
MEDIA_TYPES = ("text/plain", "text/csv", "application/json", "application/pdf", "image/png")
LANGUAGES = ("en-US", "en-GB", "de-DE", "fr-FR", "es-ES", "nl-NL", "ja-JP", "pt-BR", "it-IT")
TIME_ZONES = (
    "Europe/Amsterdam", "Europe/Lisbon", "America/New_York", "America/Denver", "Asia/Tokyo",
    "Africa/Nairobi", "Australia/Perth",
)  # fmt: skip
SCHEDULES = ("rate(1 hour)", "rate(12 hours)", "cron(0 6 * * ? *)", "cron(30 22 ? * SUN *)")
