// How the lines of a log target are framed: the word behind "format" of a log line.
namespace Baton.Configuration.Model;

public enum LogFormatKind : byte
{
    Unspecified,
    Rfc3164,
    Rfc5424,
    Priority,
    Short,
    Timed,
    Iso,
    Raw,
    Local,
}
