// What reads one line of a section; a directive's row names it.
namespace Baton.Configuration.Directives;

/// <summary>Reads one line; reports what is wrong through the context.</summary>
public delegate void DirectiveParser(DirectiveContext context);
