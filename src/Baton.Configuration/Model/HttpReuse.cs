// Whether connections to servers are shared between clients: "http-reuse".
namespace Baton.Configuration.Model;

public enum HttpReuse : byte
{
    Never,
    Safe,
    Aggressive,
    Always,
}
