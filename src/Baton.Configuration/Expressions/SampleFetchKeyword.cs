using System;
using Baton.Configuration.Model;

namespace Baton.Configuration.Expressions;

/// <summary>What a fetch needs to exist (manual section 7.3: layers), any one of several; decides in which rule sets and formats it may
/// stand.</summary>
[Flags]
public enum SampleNeeds : ushort
{
    None = 0,
    Client = 1,
    Session = 2,
    RequestPayload = 4,
    RequestHead = 8,
    RequestBody = 16,
    Backend = 32,
    Server = 64,
    ResponsePayload = 128,
    ResponseHead = 256,
    ResponseBody = 512,
    Transaction = 1024,
    LogTime = 2048,

    /// <summary>What outlives the heads: method and the like, the status.</summary>
    RequestLine = 4096,
    ResponseLine = 8192,
    Frontend = 16384,
}

/// <summary>A row of the fetch tables. Engine derives its evaluating kind from it; the configuration parser only sees this.</summary>
public class SampleFetchKeyword
{
    public required string Name { get; init; }
    public ArgumentSpec[] Arguments { get; init; } = [];
    public required SampleType Output { get; init; }
    public required SampleNeeds Needs { get; init; }
    public required string Summary { get; init; }

    /// <summary>For ACL derivatives such as path_beg or hdr_dom: the matching method they imply.</summary>
    public AclMatchMethod ImpliedMatch { get; init; } = AclMatchMethod.Default;

    /// <summary>Looks at the arguments once they are read and may prepare them for the evaluation; the reason when they are wrong, else
    /// null.</summary>
    public Func<Argument[], string?>? Check { get; init; }
}

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
