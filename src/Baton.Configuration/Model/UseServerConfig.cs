// A "use-server" line: a server's name, possibly a log format, under a condition.
using Baton.Configuration.Expressions;

namespace Baton.Configuration.Model;

public sealed record UseServerConfig(LogFormatConfig ServerName, AclConditionConfig? Condition, SourcePosition Position);
