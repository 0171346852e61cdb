// Which way bytes go.
namespace Baton.Engine.Filters;

public enum ChannelSide : byte
{
    /// <summary>From the client to the server.</summary>
    Request,

    /// <summary>From the server to the client.</summary>
    Response,
}
