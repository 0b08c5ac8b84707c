#!/bin/bash
# Whether this machine's HAProxy takes connections; where it does not, the other machine takes the entrance over.
exec 3<>/dev/tcp/127.0.0.1/8404
