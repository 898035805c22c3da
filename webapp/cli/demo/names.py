"""The cast: names, work and counties of people who do not exist."""

DOMAIN = "demo.attune.example"
PASSWORD = "demo-demo-demo"  # noqa: S105 - public on purpose, shown on the sign-in page of a demonstration

# mailbox, given, family, profession, county, roles: who can sign in
CAST = (
    ("admin", "Alex", "Moreau", "Something else", "Milwaukee", ("admin",)),
    ("maren", "Maren", "Olufsen", "Home visiting", "Dane", ()),
    ("joan", "Joan", "Delacroix", "Policy, research or faculty", "Dane", ("organizer",)),
    ("finance", "Patricia", "Nguyen", "Something else", "Dane", ("finance",)),
    ("reviewer", "Ruthann", "Kessler", "Mental health", "Brown", ("reviewer",)),
    ("supervisor", "Simone", "Achterberg", "Home visiting", "Dane", ()),
    ("door", "Dorian", "Wells", "Student", "Sheboygan", ("door",)),
    ("presenter", "Marisol", "Eriksen", "Mental health", "Milwaukee", ()),
    ("coordinator", "Colette", "Hargrove", "Policy, research or faculty", "Dane", ()),
)
AGENCIES = (
    ("Four Lakes Home Visiting", "Dane", True),
    ("Fox Valley Birth to 3", "Outagamie", False),
    ("Riverbend Child Care", "Milwaukee", False),
    ("Northwoods Family Services", "Marathon", True),
    ("Harbor Children's Clinic", "Brown", False),
    ("Coulee Early Years", "La Crosse", False),
)
PEOPLE = (
    "Abigail Thorne", "Amara Okafor", "Andrea Lindholm", "Beth Zielinski", "Bao Xiong", "Brenda Castillo", "Camille Durand",
    "Carla Jimenez", "Chou Vang", "Claire Hendricks", "Danielle Foster", "Denise Schroeder", "Ebony Carter", "Eileen Murphy",
    "Emily Stadler", "Fatima Hassan", "Gabriela Reyes", "Gina Kowalski", "Greta Holm", "Heather Bell", "Hope Whitefeather",
    "Ines Calderon", "Isabel Novak", "Jamila Brooks", "Janelle Peterson", "Jill Vandenberg", "Kaia Thompson", "Karen Wolff",
    "Keisha Daniels", "Kim Pham", "Latoya Simmons", "Laura Brandl", "Leila Nasser", "Lisa Christensen", "Mai Lee",
    "Maria Solis", "Megan Doyle", "Melissa Krueger", "Mona Haddad", "Nadia Petrova", "Nicole Bauer", "Olivia Grant",
    "Paula Esposito", "Rachel Green Deer", "Rebecca Stone", "Rosa Mendez", "Sandra Keller", "Sarah Johansson",
    "Shanice Reed", "Stella Maris", "Tanya Fischer", "Teresa Ochoa", "Tomás Herrera", "Valerie Dubois", "Wendy Larson",
    "Xia Yang", "Yvette Morgan", "Zofia Mazur", "Björn Aaberg", "Chiamaka Eze", "Deshawn Porter", "Elliot Sandberg",
)
WORK = ("Home visiting", "Child care or early education", "Early intervention (Birth to 3)", "Mental health", "Nursing or medicine",
        "Child welfare", "Social work")
COUNTIES = ("Dane", "Milwaukee", "Waukesha", "Brown", "Outagamie", "Marathon", "La Crosse", "Racine", "Sheboygan", "Rock")
ACCESS = ("Captions, please.", "A seat near the front; I read lips.", "Slides in large print.", "A quiet place in the breaks.")
DIET = ("Vegetarian", "Vegan", "Gluten-free", "No nuts: allergy", "Halal")
