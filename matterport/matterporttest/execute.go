package matterporttest

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// arguments are a field's arguments by name, with variables and defaults filled in.
type arguments map[string]any

// object is a value with fields: by name a scalar, another object, a list of objects, or a function of
// the field's arguments that returns one of these.
type object map[string]any

// execution answers one validated operation.
type execution struct {
	server    *Server
	caller    caller
	origin    string
	variables map[string]any
}

// run resolves the operation's top-level fields in order, as mutations must be. A field that fails is
// null and has an error; the others are answered all the same.
func (x *execution) run(op *ast.OperationDefinition) graphAnswer {
	answer := graphAnswer{Data: map[string]any{}}
	for _, field := range x.collect(op.SelectionSet) {
		value, err := x.resolveRoot(field)
		if err != nil {
			err.Path = []any{field.Alias}
			answer.Errors = append(answer.Errors, *err)
			value = nil
		}
		answer.Data[field.Alias] = x.complete(field, value)
	}
	return answer
}

func (x *execution) resolveRoot(field *ast.Field) (any, *graphError) {
	if field.Name == "__typename" {
		return field.ObjectDefinition.Name, nil
	}
	args, err := x.arguments(field)
	if err != nil {
		return nil, err
	}
	switch field.Name {
	case "model":
		if err := x.mayReadFolders(field); err != nil {
			return nil, err
		}
		return x.model(args)
	case "models":
		if err := x.mayReadFolders(field); err != nil {
			return nil, err
		}
		return x.models(args)
	case "rootFolder":
		return x.rootFolder()
	case "folder":
		return x.folder(args)
	case "createPrivateModelEmbedLink":
		return x.createLink(args)
	case "createPrivateModelEmbedToken":
		return x.createToken(args)
	case "deletePrivateModelEmbedToken":
		return x.deleteToken(args)
	case "modelEventWebhookCallbacks":
		return x.webhooks(args)
	case "addModelEventWebhookCallback":
		return x.addWebhook(args)
	case "pingModelEventWebhookCallback":
		return x.pingWebhook(args)
	case "removeModelEventWebhookCallback":
		return x.removeWebhook(args)
	}
	return nil, fault(codeUnsupported, "introspection is not available")
}

// complete reduces a value to the fields that were asked for.
func (x *execution) complete(field *ast.Field, value any) any {
	switch value := value.(type) {
	case func(arguments) any:
		args, err := x.arguments(field)
		if err != nil {
			return nil
		}
		return x.complete(field, value(args))
	case []object:
		list := make([]any, len(value))
		for i, item := range value {
			list[i] = x.complete(field, item)
		}
		return list
	case object:
		out := map[string]any{}
		for _, sub := range x.collect(field.SelectionSet) {
			if sub.Name == "__typename" {
				out[sub.Alias] = sub.ObjectDefinition.Name
				continue
			}
			out[sub.Alias] = x.complete(sub, value[sub.Name])
		}
		return out
	}
	return value
}

// collect lists the fields of a selection set with its fragments opened and skipped fields left out.
// Fields with one response name become one: validation has made sure that they agree.
func (x *execution) collect(set ast.SelectionSet) []*ast.Field {
	c := collector{execution: x, opened: map[string]bool{}}
	c.add(set)
	return c.fields
}

type collector struct {
	*execution
	fields []*ast.Field
	opened map[string]bool // fragments: opening each once is enough, and cannot explode
}

func (c *collector) add(set ast.SelectionSet) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			if c.wanted(s.Directives) {
				c.addField(s)
			}
		case *ast.InlineFragment:
			if c.wanted(s.Directives) {
				c.add(s.SelectionSet)
			}
		case *ast.FragmentSpread:
			if c.wanted(s.Directives) && !c.opened[s.Name] {
				c.opened[s.Name] = true
				c.add(s.Definition.SelectionSet)
			}
		}
	}
}

func (c *collector) addField(field *ast.Field) {
	i := slices.IndexFunc(c.fields, func(f *ast.Field) bool { return f.Alias == field.Alias })
	if i < 0 {
		c.fields = append(c.fields, field)
		return
	}
	merged := *c.fields[i]
	merged.SelectionSet = slices.Concat(merged.SelectionSet, field.SelectionSet)
	c.fields[i] = &merged
}

// wanted evaluates @skip and @include.
func (x *execution) wanted(directives ast.DirectiveList) bool {
	return !x.condition(directives, "skip", false) && x.condition(directives, "include", true)
}

func (x *execution) condition(directives ast.DirectiveList, name string, otherwise bool) bool {
	directive := directives.ForName(name)
	if directive == nil {
		return otherwise
	}
	arg := directive.Arguments.ForName("if")
	if arg == nil {
		return otherwise
	}
	value, err := arg.Value.Value(x.variables)
	met, ok := value.(bool)
	return err == nil && ok && met
}

// arguments evaluates a field's arguments. The library's own function panics on numbers out of range.
func (x *execution) arguments(field *ast.Field) (arguments, *graphError) {
	args := arguments{}
	for _, def := range field.Definition.Arguments {
		source := def.DefaultValue
		if given := field.Arguments.ForName(def.Name); given != nil && x.supplied(given.Value) {
			source = given.Value
		}
		value, err := source.Value(x.variables)
		if err != nil {
			return nil, fault(codeInvalid, "argument "+def.Name+" is out of range")
		}
		args[def.Name] = value
	}
	return args, nil
}

// supplied reports whether an argument has a value: a variable that was left out has none, and then the
// argument's own default counts.
func (x *execution) supplied(value *ast.Value) bool {
	if value.Kind != ast.Variable {
		return true
	}
	_, ok := x.variables[value.Raw]
	return ok
}
