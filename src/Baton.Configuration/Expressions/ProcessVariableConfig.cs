using Baton.Configuration.Model;

namespace Baton.Configuration.Expressions;

/// <summary>"set-var" or "set-var-fmt" of the global section: a process variable and, one of the two, what it is set to at start.</summary>
public sealed record ProcessVariableConfig(
    VariableName Variable,
    SampleExpressionConfig? Sample,
    LogFormatConfig? Format,
    SourcePosition Position
);
