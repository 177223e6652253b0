package webhook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// types are the types of events of version 2 (docs/matterport.md §6). Others are hints all the same: the list at
// Matterport has misspelt ones. They only are not repeated in the log.
var types = []string{
	"activation_state_changed", "bundle_updated", "created", "deleted", "details_changed", "ping", "processed", "restored", "transferred_in",
	"transferred_out", "visibility_changed",
}

const (
	typePing    = "ping"
	typeUnknown = "unknown"
)

// A hint is what is read of an event.
type hint struct {
	model string // the model's ID, unchecked, or empty
	kind  string // one of types, or typeUnknown
}

var (
	errVersion1 = errors.New("this is an event of version 1: register the webhook again with version: 2, and remove the old registration")
	errGarbage  = errors.New("the body is not one JSON object, in which each name is once")
)

// readHint reads the body of an event. It is lenient where nothing is documented, such as the body of a ping: an empty
// body, and one that names neither a version nor a model or a type, is a ping. The member version is that of the model, and
// may be 1 in an event of version 2 (docs/matterport.md §6). So an event of version 1 has no version, or the version 1 without
// the ID of a webhook.
func readHint(body []byte) (hint, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return hint{kind: typePing}, nil
	}
	members, err := readObject(body)
	if err != nil {
		return hint{}, err
	}
	h := hint{kind: kindOf(members["type"])}
	version, model := members["version"], members["modelId"]
	_, typed := members["type"]
	switch {
	case h.kind == typePing, version == nil && model == nil && !typed:
		return hint{kind: typePing}, nil
	case version == nil, members["webhookId"] == nil && (bytes.Equal(version, []byte("1")) || bytes.Equal(version, []byte(`"1"`))):
		return hint{}, errVersion1
	case model == nil, bytes.Equal(model, []byte("null")):
		return h, nil
	}
	if json.Unmarshal(model, &h.model) != nil {
		return hint{}, fmt.Errorf("%w: modelId is no text", errGarbage)
	}
	return h, nil
}

func kindOf(value json.RawMessage) string {
	var kind string
	if json.Unmarshal(value, &kind) != nil {
		return typeUnknown
	}
	if kind = strings.ToLower(kind); slices.Contains(types, kind) {
		return kind
	}
	return typeUnknown
}

// readObject reads the members of the one JSON object that body is.
func readObject(body []byte) (map[string]json.RawMessage, error) {
	in := json.NewDecoder(bytes.NewReader(body))
	if begin, err := in.Token(); err != nil || begin != json.Delim('{') {
		return nil, errGarbage
	}
	members := make(map[string]json.RawMessage)
	for in.More() {
		name, err := in.Token()
		key, ok := name.(string)
		var value json.RawMessage
		if err != nil || !ok || in.Decode(&value) != nil {
			return nil, errGarbage
		}
		if _, twice := members[key]; twice {
			return nil, errGarbage
		}
		members[key] = value
	}
	if _, err := in.Token(); err != nil {
		return nil, errGarbage
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return nil, errGarbage
	}
	return members, nil
}
