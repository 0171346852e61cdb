using System;

namespace Baton.Configuration.Expressions;

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

    /// <summary>What connections have to keep of their TLS handshakes for it.</summary>
    public TlsUses Tls { get; init; }
}
