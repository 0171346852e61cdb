// How a server does, as far as checks or an operator know. The numbers are those of the server-state file (srv_op_state).
namespace Baton.Engine.Servers;

public enum ServerOperation : byte
{
    Stopped = 0,

    /// <summary>Up again, with a weight that grows ("slowstart").</summary>
    Starting = 1,
    Running = 2,

    /// <summary>Up for those who are bound to it; nobody new is sent there.</summary>
    Stopping = 3,
}
