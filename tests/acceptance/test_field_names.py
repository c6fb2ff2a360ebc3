"""Names that templates, data and docgen itself have for the same thing: no field may stay blank for its spelling."""

from kit import Office

FIELDS = "  city: text\n  amount: text\n"


def test_a_column_spelled_otherwise_than_its_field_is_a_fault_and_not_a_blank(tmp_path):
    office = Office(tmp_path)
    office.edit("data/customers.csv", "no,name,email,city,amount", "no,name,email,City Name,amount")
    office.edit("templates/letter/template.yaml", FIELDS, "  city_name: text\n  amount: text\n")
    office.edit("templates/letter/body.txt", "{{ city }}", '{{ city_name or "" }}')
    made = office.call("check", "jobs/letters.yaml")
    assert made.code == 1
    assert 'the data spell it "City Name"; write select "City Name" as city_name in `records`' in made.out


def test_a_field_that_docgen_has_itself_is_a_fault_that_says_so(tmp_path):
    office = Office(tmp_path)
    office.edit("templates/letter/template.yaml", FIELDS, FIELDS + "  company: text\n")
    made = office.call("check", "jobs/letters.yaml")
    assert made.code == 1
    assert '"company" cannot be a field of a record' in made.out


def test_a_fault_of_a_record_is_told_once_for_two_documents_of_one_template(tmp_path):
    office = Office(tmp_path)
    office.edit(
        "jobs/letters.yaml",
        'file: "letter {{ no }}"}',
        'file: "letter {{ no }}"}\n  copy: {template: letter, format: txt, file: "copy {{ no }}"}',
    )
    office.edit("data/customers.csv", "Vilnius", "")
    made = office.call("run", "jobs/letters.yaml")
    assert (made.out + made.err).count('"city" is empty') == 1
