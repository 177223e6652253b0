package written

import (
	"encoding/json"

	"github.com/go-pme/pme/access/internal/people"
	"github.com/go-pme/pme/access/selector"
)

// descriptions say what the keys of a file are for, in an editor.
var descriptions = map[string]string{
	keyRules:                    "Each rule lets people see models, and adds to what the others allow. Their order makes no difference.",
	people.Keys[people.Users]:   "User IDs, compared exactly.",
	people.Keys[people.Emails]:  "Whole e-mail addresses. They count only for people whose address is verified.",
	people.Keys[people.Domains]: "Domains of e-mail addresses, without their subdomains. They count only for people whose address is verified.",
	people.Keys[people.Groups]:  "Names of groups, compared exactly, letter case included.",
	keyModels:                   `IDs of models, "*" for every model of the account, or selectors: internalId, folder, address.`,
	keyExcept:                   "What this rule does not grant. It takes nothing away from other rules.",
	keyFrom:                     `When the rule begins: the first day and its time zone, as in "2026-12-01 Europe/Berlin", or a time of RFC 3339.`,
	keyUntil:                    `When the rule ends: the last day and its time zone, as in "2026-12-31 Europe/Berlin", or a time of RFC 3339 at which it no longer counts.`,
	keyID:                       "The ID of a model: 11 letters and digits.",
	keyName:                     "The display name of the model.",
	keyInternalID:               "The owner's own number of a space at Matterport, compared exactly. A number that two spaces have selects neither.",
	keyFolder:                   `The path of a folder at Matterport, as in "Plant 3/Hall 2". With "/**" at its end, the spaces in all folders below it too.`,
	keyAddress:                  "Parts of a space's address at Matterport, compared exactly. A space must have all of them.",
}

// The forms of values. They are less strict than the reader: an editor should help, and the reader decides.
const (
	formModel    = `^(\*|[0-9A-Za-z]{11}|[0-9A-Za-z]{25}|internalId:.+|folder:[^/].*|address:.+=.+)$`
	formExcepted = `^([0-9A-Za-z]{11}|[0-9A-Za-z]{25}|internalId:.+|folder:[^/].*|address:.+=.+)$`
	formID       = `^(\*|[0-9A-Za-z]{11}|[0-9A-Za-z]{25})$`
	formFolder   = `^[^/*]+(/[^/*]+)*(/\*\*)?$`
	formMoment   = `^[0-9]{4}-[0-9]{2}-[0-9]{2}( [A-Za-z][A-Za-z0-9_+/-]*|T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2}))$`
	formMail     = `^[^@]+@[^@]+$`
	formDomain   = `^[^@*]+$`
)

// schema is a JSON Schema, or a part of one.
type schema map[string]any

// Schema returns the JSON Schema (draft 2020-12) of a file, for editors.
func Schema() []byte {
	s := mapping(schema{keyRules: schema{"type": "array", "items": schema{"$ref": "#/$defs/rule"}}})
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["title"] = "Allow-list: who may see which Matterport space"
	s["required"] = []string{keyRules}
	s["$defs"] = schema{"rule": ruleSchema(), "model": modelSchema(formModel), "excepted": modelSchema(formExcepted)}
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		panic("written: " + err.Error()) // it is made of strings
	}
	return append(text, '\n')
}

func ruleSchema() schema {
	properties := whoSchema()
	properties[keyModels] = list(schema{"$ref": "#/$defs/model"})
	properties[keyExcept] = exceptSchema()
	properties[keyFrom] = text(formMoment)
	properties[keyUntil] = text(formMoment)
	rule := mapping(properties)
	rule["required"] = []string{keyModels}
	rule["anyOf"] = anyOf(people.Keys[:])
	return rule
}

func exceptSchema() schema {
	properties := whoSchema()
	properties[keyModels] = list(schema{"$ref": "#/$defs/excepted"})
	except := mapping(properties)
	except["minProperties"] = 1
	return except
}

func whoSchema() schema {
	forms := [people.Kinds]string{people.Emails: formMail, people.Domains: formDomain}
	properties := schema{}
	for k, key := range people.Keys {
		properties[key] = list(text(forms[k]))
	}
	return properties
}

// modelSchema describes an entry: a text, an ID with a name, or one selector.
func modelSchema(form string) schema {
	address := schema{}
	for _, field := range selector.Fields() {
		address[field] = text("")
	}
	where := mapping(address)
	where["minProperties"] = 1
	described(where, keyAddress)
	named := mapping(schema{keyID: described(text(formID), keyID), keyName: described(text(""), keyName)})
	named["required"] = []string{keyID}
	return schema{"anyOf": []schema{
		text(form),
		named,
		only(keyInternalID, text("")),
		only(keyFolder, text(formFolder)),
		only(keyAddress, where),
	}}
}

// only describes a mapping with one key.
func only(key string, value schema) schema {
	m := mapping(schema{key: described(value, key)})
	m["required"] = []string{key}
	return m
}

// mapping describes a mapping with these keys and no others, and the keys too.
func mapping(properties schema) schema {
	for key, value := range properties {
		if value, ok := value.(schema); ok {
			described(value, key)
		}
	}
	return schema{"type": "object", "additionalProperties": false, "properties": properties}
}

func described(s schema, key string) schema {
	if description, ok := descriptions[key]; ok {
		s["description"] = description
	}
	return s
}

func list(items schema) schema {
	return schema{"type": "array", "minItems": 1, "uniqueItems": true, "items": items}
}

func text(form string) schema {
	s := schema{"type": "string", "minLength": 1}
	if form != "" {
		s["pattern"] = form
	}
	return s
}

func anyOf(keys []string) []schema {
	var all []schema
	for _, key := range keys {
		all = append(all, schema{"required": []string{key}})
	}
	return all
}
