// A "use_backend" line: a backend's name, possibly a log format, under a condition.
using Baton.Configuration.Expressions;

namespace Baton.Configuration.Model;

public sealed record UseBackendConfig(LogFormatConfig BackendName, AclConditionConfig? Condition, SourcePosition Position);
