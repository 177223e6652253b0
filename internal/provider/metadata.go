package provider

import "encoding/json"

// Types for the members of a discovery document that a login can do without. One of an unexpected type is as one
// that is not there, instead of an error about the whole document.
type (
	// Text is a text, or nothing.
	Text string

	// Texts are those of an array, or a single one.
	Texts []string

	// Flag is true for true, also where it is written as a text.
	Flag bool
)

// UnmarshalJSON implements [json.Unmarshaler]. It never fails.
func (t *Text) UnmarshalJSON(raw []byte) error {
	var text string
	_ = json.Unmarshal(raw, &text) // an error leaves it empty
	*t = Text(text)
	return nil
}

// UnmarshalJSON implements [json.Unmarshaler]. It never fails.
func (t *Texts) UnmarshalJSON(raw []byte) error {
	var value any
	_ = json.Unmarshal(raw, &value) // it is valid, or this would not be called
	switch value := value.(type) {
	case string:
		*t = Texts{value}
	case []any:
		*t = nil
		for _, element := range value {
			if text, ok := element.(string); ok {
				*t = append(*t, text)
			}
		}
	default:
		*t = nil
	}
	return nil
}

// UnmarshalJSON implements [json.Unmarshaler]. It never fails.
func (f *Flag) UnmarshalJSON(raw []byte) error {
	*f = Flag(string(raw) == "true" || string(raw) == `"true"`)
	return nil
}
