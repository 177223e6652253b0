package config

import (
	"github.com/go-pme/pme/cmd/pme/internal/config/internal/form"
)

import "encoding/json"

// SchemaURL is where editors find the schema of the file.
const SchemaURL = "https://raw.githubusercontent.com/go-pme/pme/main/docs/gateway.schema.json"

// schema is a JSON Schema, or a part of one.
type schema map[string]any

// Schema returns the JSON Schema (draft 2020-12) of the file, for editors. It is less strict than [Load], which decides.
func Schema() []byte { return schemaWith(descriptions) }

func schemaWith(about map[string]description) []byte {
	s := sectionSchema(root, about)
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["$id"] = SchemaURL
	s["title"] = "The configuration of pme serve"
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		panic("config: " + err.Error()) // it is made of strings
	}
	return append(text, '\n')
}

// sectionSchema describes a mapping with the keys of a section, and no others.
func sectionSchema(section *part, about map[string]description) schema {
	properties := schema{}
	var not []schema
	for _, p := range section.parts {
		s := p.schema(about)
		s["description"] = about[p.path].text()
		properties[p.key] = s
		if p.isSecret() {
			properties[p.key+fileSuffix] = schema{"type": "string", "pattern": formText, "description": aboutFile(p.key)}
			not = append(not, schema{"not": schema{"required": []string{p.key, p.key + fileSuffix}}})
		}
	}
	s := schema{"type": "object", "additionalProperties": false, "properties": properties}
	if not != nil {
		s["allOf"] = not
	}
	return s
}

// The patterns of texts. A text has no space at its ends and no line break in it.
const (
	formText     = `^\S(.*\S)?$`
	formDuration = `^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$`
	formRange    = `^[0-9A-Fa-f:.]+(/[0-9]{1,3})?$`
)

// schema describes a part.
func (p *part) schema(about map[string]description) schema {
	switch p.kind {
	case typeBool:
		return schema{"type": "boolean"}
	case typeInt:
		return schema{"type": "integer", "minimum": p.leastInt(), "maximum": maxInt}
	case typeDuration:
		return schema{"type": "string", "pattern": formDuration}
	case typeTexts:
		return schema{"type": "array", "minItems": 1, "uniqueItems": true, "items": p.textSchema()}
	case typePrefixes:
		return schema{"type": "array", "minItems": 1, "uniqueItems": true, "items": schema{"type": "string", "pattern": formRange}}
	case typePairs:
		text := schema{"type": "string", "pattern": formText}
		return schema{"type": "object", "minProperties": 1, "propertyNames": text, "additionalProperties": text}
	case typeSecret:
		text := schema{"type": "string", "pattern": formText}
		list := schema{"type": "array", "minItems": 1, "maxItems": maxSecrets, "items": text}
		return schema{"anyOf": []schema{text, list}}
	case typeText:
		return p.textSchema()
	}
	return sectionSchema(p, about)
}

// textSchema describes a text, or an item of a list of texts.
func (p *part) textSchema() schema {
	s := schema{"type": "string", "pattern": formText}
	if pattern := form.Named[p.form].Pattern; pattern != "" {
		s["pattern"] = pattern
	}
	if p.form == form.Separator {
		s = schema{"type": "string", "minLength": 1}
	}
	if len(p.choices) > 0 {
		s = schema{"enum": p.choices}
	}
	return s
}
