import { Module } from '@nestjs/common';
import { NotificationsController } from './notifications.controller.js';
import { NotificationsHub } from './notifications.hub.js';
import { NotificationsSocket } from './notifications.socket.js';

@Module({ controllers: [NotificationsController], providers: [NotificationsHub, NotificationsSocket] })
export class NotificationsModule {}
