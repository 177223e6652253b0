package matterporttest

import (
	_ "embed" // the schema
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/core"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// maxQueryTokens bounds the query text: the longest fixed operation has some sixty tokens, and what
// validation costs grows faster than its input.
const maxQueryTokens = 1000

//go:embed schema.graphql
var schemaText string

// loadSchema parses the schema once for all servers, and only in a program that serves GraphQL.
var loadSchema = sync.OnceValue(func() *ast.Schema {
	return gqlparser.MustLoadSchema(&ast.Source{Name: "schema.graphql", Input: schemaText})
})

var loadRules = sync.OnceValue(func() *rules.Rules {
	all := rules.NewDefaultRules()
	all.AddRule("SecretsAreVariables", secretsAreVariables)
	return all
})

// secretsAreVariables refuses a client secret, an embed token or the credential of a webhook that stands in the query text,
// where logs and caches keep it (docs/matterport.md §2).
func secretsAreVariables(observers *core.Events, addError core.AddErrFunc) {
	observers.OnField(func(walker *core.Walker, field *ast.Field) {
		for _, arg := range field.Arguments {
			for _, secret := range secretsIn(arg.Name, arg.Value) {
				if secret.Kind != ast.Variable || hasDefault(walker.CurrentOperation, secret.Raw) {
					addError(core.Message(`The secret in argument "%s" must be given as a variable.`, arg.Name), core.At(arg.Position))
				}
			}
		}
	})
}

// secretsIn returns the values of an argument, or of a field of an input object, that are secrets.
func secretsIn(name string, value *ast.Value) (secrets []*ast.Value) {
	switch name {
	case "clientSecret", "accessToken", "credSecret":
		return []*ast.Value{value}
	case "additionalHeaders":
		return valuesIn(value)
	}
	for _, child := range value.Children {
		secrets = append(secrets, secretsIn(child.Name, child.Value)...)
	}
	return secrets
}

// valuesIn returns the values of pairs of a key and a value: of one pair, or of a list.
func valuesIn(value *ast.Value) (values []*ast.Value) {
	for _, child := range value.Children {
		switch child.Name {
		case "value":
			values = append(values, child.Value)
		case "":
			values = append(values, valuesIn(child.Value)...)
		}
	}
	return values
}

func hasDefault(op *ast.OperationDefinition, variable string) bool {
	if op == nil {
		return false
	}
	def := op.VariableDefinitions.ForName(variable)
	return def != nil && def.DefaultValue != nil
}

// query is a Model API request on its way from bytes to something that can be executed.
type query struct {
	doc       *ast.QueryDocument
	op        *ast.OperationDefinition
	variables map[string]any
}

// serveGraph is the Model API.
func (s *Server) serveGraph(w http.ResponseWriter, r *http.Request) {
	body, status := readBody(w, r)
	var q query
	var faults []graphError
	if status == http.StatusOK {
		status = http.StatusBadRequest
		q, faults = parseQuery(r, body)
	} else {
		faults = oneFault(codeInvalid, "the request body could not be read")
	}
	s.attempt(w, r, q.names(), body, func(w http.ResponseWriter) {
		switch caller, known, live := s.caller(bearer(r)); {
		case !known:
			writeGraph(w, http.StatusUnauthorized, graphAnswer{Errors: oneFault(codeUnauthenticated, "a bearer token is needed")})
		case !live:
			writeOAuthError(w, http.StatusBadRequest, "invalid_grant")
		case faults != nil:
			writeGraph(w, status, graphAnswer{Errors: faults})
		default:
			s.answerQuery(w, r, q, caller)
		}
	})
}

func (s *Server) answerQuery(w http.ResponseWriter, r *http.Request, q query, c caller) {
	if faults := q.validate(); faults != nil {
		writeGraph(w, http.StatusBadRequest, graphAnswer{Errors: faults})
		return
	}
	x := &execution{server: s, caller: c, origin: s.origin(r), variables: q.variables}
	writeGraph(w, http.StatusOK, x.run(q.op))
}

// parseQuery reads the request and picks the operation that it asks for, without looking at the schema.
func parseQuery(r *http.Request, body []byte) (query, []graphError) {
	mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || mediaType != "application/json" {
		return query{}, oneFault(codeInvalid, "the Content-Type must be application/json")
	}
	var envelope struct {
		Query         string         `json:"query"`
		OperationName string         `json:"operationName"`
		Variables     map[string]any `json:"variables"`
	}
	if err := json.Unmarshal(body, &envelope); err != nil {
		return query{}, oneFault(codeInvalid, "the request body is not a GraphQL request in JSON")
	}
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: envelope.Query}, maxQueryTokens)
	if err != nil {
		return query{}, validationFaults(gqlerror.List{asGraphQL(err)})
	}
	op := doc.Operations.ForName(envelope.OperationName)
	if op == nil {
		return query{}, oneFault(codeInvalid, "operationName names none of the operations")
	}
	return query{doc: doc, op: op, variables: envelope.Variables}, nil
}

func asGraphQL(err error) *gqlerror.Error {
	if parsed := (*gqlerror.Error)(nil); errors.As(err, &parsed) {
		return parsed
	}
	return gqlerror.Wrap(err)
}

// names are the operations that the request counts as: its top-level fields, and "*".
func (q query) names() []string {
	var names []string
	if q.op != nil {
		for _, selection := range q.op.SelectionSet {
			if field, ok := selection.(*ast.Field); ok && !slices.Contains(names, field.Name) {
				names = append(names, field.Name)
			}
		}
	}
	if names == nil {
		names = []string{"unparsed"}
	}
	return append(names, "*")
}

// validate checks the document against the schema and coerces the variables.
func (q *query) validate() []graphError {
	schema := loadSchema()
	if list := validator.ValidateWithRules(schema, q.doc, loadRules()); len(list) > 0 {
		return validationFaults(list)
	}
	for _, def := range q.op.VariableDefinitions {
		// The library reads an Int from a string; GraphQL does not.
		if _, isText := q.variables[def.Variable].(string); isText && def.Type.Name() == "Int" {
			return oneFault(codeInvalid, "variable "+def.Variable+" must be a number")
		}
	}
	variables, err := validator.VariableValues(schema, q.op, q.variables)
	if err != nil {
		return validationFaults(gqlerror.List{asGraphQL(err)})
	}
	q.variables = variables
	return nil
}

func validationFaults(list gqlerror.List) []graphError {
	faults := make([]graphError, len(list))
	for i, err := range list {
		faults[i] = newGraphError(codeInvalid, strings.TrimSpace(err.Message))
		faults[i].Locations = err.Locations
		for _, step := range err.Path {
			faults[i].Path = append(faults[i].Path, step)
		}
	}
	return faults
}
