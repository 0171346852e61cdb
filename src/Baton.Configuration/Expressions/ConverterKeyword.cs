// The row of a converter, as far as the parser needs it: what it takes, what it gives, its arguments.
using System;
using Baton.Configuration.Model;

namespace Baton.Configuration.Expressions;

/// <summary>A row of the converter tables.</summary>
public class ConverterKeyword
{
    public required string Name { get; init; }
    public ArgumentSpec[] Arguments { get; init; } = [];
    public required SampleType Input { get; init; }
    public required SampleType Output { get; init; }
    public required string Summary { get; init; }

    /// <summary>As <see cref="SampleFetchKeyword.Check"/>.</summary>
    public Func<Argument[], string?>? Check { get; init; }

    /// <summary>Instead of <see cref="Check"/> where it matters which line it stands on.</summary>
    public Func<Argument[], SourcePosition, string?>? CheckAt { get; init; }
}
