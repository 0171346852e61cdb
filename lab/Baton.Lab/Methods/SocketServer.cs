// Method 8: somebody else holds the socket (here the lab, as multibinder or systemd would) and every process inherits it: bind fd@N. A
// queue belongs to no process, so nothing is lost when one goes.
using System.Globalization;
using System.Net.Sockets;
using Baton.Lab.Runs;
using Baton.Lab.Stages;

namespace Baton.Lab.Methods;

internal sealed class SocketServer() : ReloadMethod(8, "socket-server", "socket server, fd@")
{
    public override bool? Lossless(Target target, LoadKind load) => load == LoadKind.Short ? true : null;

    public override void Prepare(Stage stage)
    {
        Socket held = stage.Network.Listen(Stage.Port);
        stage.State = held;
        stage.Bind = string.Create(CultureInfo.InvariantCulture, $"fd@{held.Handle}");
    }

    public override void Reload(Stage stage) => SoftFinish(stage);
}
