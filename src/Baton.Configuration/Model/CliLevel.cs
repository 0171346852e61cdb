// What a client of the runtime API may do: the "level" of a stats socket.
namespace Baton.Configuration.Model;

public enum CliLevel : byte
{
    User,
    Operator,
    Admin,
}
