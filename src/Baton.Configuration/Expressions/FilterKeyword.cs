// The row of a filter: the word behind "filter", and what reads the rest of the line.
using System;
using Baton.Configuration.Directives;
using Baton.Configuration.Model;

namespace Baton.Configuration.Expressions;

/// <param name="Name">As configurations write it.</param>
/// <param name="Parse">Reads a line whose first argument is the name; null when it is wrong, which has been said then.</param>
public sealed record FilterKeyword(string Name, Func<FilterKeyword, DirectiveContext, FilterConfig?> Parse);
