package matterporttest

import (
	"cmp"
	"reflect"
	"slices"
	"strconv"
	"time"
)

// The largest page of the models query (docs/matterport.md §3), and the usual one.
const (
	maxPageSize     = 1000
	defaultPageSize = 10
)

func (x *execution) createLink(args arguments) (any, *graphError) {
	id := args.text("modelId")
	token, err := x.createFor([]string{id}, args)
	if err != nil {
		return nil, err
	}
	return object{
		"accessToken": token.Value,
		"application": "showcase",
		"link":        link(x.origin, id, token.Value),
		"validUntil":  token.ValidUntil.Format(time.RFC3339),
	}, nil
}

func (x *execution) createToken(args arguments) (any, *graphError) {
	token, err := x.createFor(args.texts("modelIds"), args)
	if err != nil {
		return nil, err
	}
	return object{
		"accessToken": token.Value,
		"validUntil":  token.ValidUntil.Format(time.RFC3339),
	}, nil
}

// createFor mints one token for ids, all of which must be there and active.
func (x *execution) createFor(ids []string, args arguments) (Token, *graphError) {
	if err := x.authorize(args); err != nil {
		return Token{}, err
	}
	validFor, err := parseValidFor(args.text("validFor"))
	if err != nil {
		return Token{}, fault(codeInvalid, err.Error())
	}
	if len(ids) == 0 {
		return Token{}, fault(codeInvalid, "modelIds is empty")
	}
	ids = slices.Clone(ids)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	for _, id := range ids {
		if space, ok := x.server.viewed(id); ok {
			id = space
		}
		if _, err := x.server.activeModel(x.caller.account, id); err != nil {
			return Token{}, err
		}
	}
	return x.server.mint(ids, validFor), nil
}

func (x *execution) deleteToken(args arguments) (any, *graphError) {
	if err := x.authorize(args); err != nil {
		return nil, err
	}
	if !x.server.deleteToken(args.text("accessToken")) {
		return nil, fault(codeNotFound, "the token does not exist or has ended already")
	}
	return true, nil
}

// authorize checks the credentials that the mutations carry besides the bearer token.
func (x *execution) authorize(args arguments) *graphError {
	if err := x.caller.mayEmbed(); err != nil {
		return err
	}
	if !x.server.knows(args.text("clientId"), args.text("clientSecret")) {
		return fault(codeUnauthorized, "clientId or clientSecret is wrong")
	}
	return nil
}

func (x *execution) model(args arguments) (any, *graphError) {
	if err := x.caller.mayView(); err != nil {
		return nil, err
	}
	m, err := x.server.activeModel(x.caller.account, args.text("id"))
	if err != nil {
		return nil, err
	}
	return x.describe(m), nil
}

func (x *execution) models(args arguments) (any, *graphError) {
	if err := x.caller.mayView(); err != nil {
		return nil, err
	}
	by, err := readSearch(args)
	if err != nil {
		return nil, err
	}
	page, total, next := x.server.search(x.caller.account, by)
	results := make([]object, len(page))
	for i, m := range page {
		results[i] = x.describe(m)
	}
	return object{"nextOffset": next, "totalResults": total, "results": results}, nil
}

func (x *execution) describe(m Model) object {
	return object{
		"id":               m.ID,
		"name":             m.Name,
		"state":            cmp.Or(m.State, "active"),
		"accessVisibility": m.visibility(),
		"image": object{
			"resizeUrl": func(arguments) any { return thumbURL(x.origin, m.ID) },
		},
		"internalId": orNull(m.InternalID),
		"address":    m.Address.describe(),
		"folders":    x.foldersOf(m),
		"views":      m.describeViews(),
	}
}

func readSearch(args arguments) (search, *graphError) {
	by := search{
		text:     args.text("query"),
		inactive: slices.Contains(args.texts("include"), "inactive"),
		size:     args.number("pageSize", defaultPageSize),
	}
	if by.size < 1 || by.size > maxPageSize {
		return search{}, fault(codeInvalid, "pageSize must be between 1 and 1000")
	}
	if offset, given := args["offset"].(string); given {
		start, ok := parseOffset(offset)
		if !ok {
			return search{}, fault(codeInvalid, "offset is not a nextOffset")
		}
		by.start = start
	}
	// Of several orders only the first counts; that is enough to try the argument out.
	if orders := args.list("sortBy"); len(orders) > 0 {
		order, _ := orders[0].(map[string]any)
		by.byName = order["field"] == "name"
		by.reverse = (order["order"] == "desc") == by.byName
	}
	return by, nil
}

// text returns a String or ID argument. An ID that was sent as a number is its digits.
func (a arguments) text(name string) string { return asText(a[name]) }

func asText(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case int64:
		return strconv.FormatInt(value, 10)
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64)
	}
	return ""
}

// list returns a list argument. A single value stands for a list of one, which GraphQL allows, and which
// the library may already have wrapped in a slice of the value's own type.
func (a arguments) list(name string) []any {
	value := reflect.ValueOf(a[name])
	if !value.IsValid() {
		return nil
	}
	if value.Kind() != reflect.Slice {
		return []any{a[name]}
	}
	list := make([]any, value.Len())
	for i := range list {
		list[i] = value.Index(i).Interface()
	}
	return list
}

func (a arguments) texts(name string) []string {
	var texts []string
	for _, item := range a.list(name) {
		texts = append(texts, asText(item))
	}
	return texts
}

// number returns an Int argument: an int64 from the query text, a float64 from JSON.
func (a arguments) number(name string, otherwise int) int {
	switch value := a[name].(type) {
	case int64:
		return int(value)
	case float64:
		return int(value)
	}
	return otherwise
}
